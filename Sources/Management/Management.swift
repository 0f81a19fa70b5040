enum ManagementRoom {}
