enum MartletModuleRoom {}
