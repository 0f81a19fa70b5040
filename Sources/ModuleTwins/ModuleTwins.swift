enum ModuleTwinsRoom {}
