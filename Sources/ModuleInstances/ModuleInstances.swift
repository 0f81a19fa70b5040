enum ModuleInstancesRoom {}
