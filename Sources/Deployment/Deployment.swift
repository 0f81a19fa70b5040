enum DeploymentRoom {}
