enum ModuleImagesRoom {}
