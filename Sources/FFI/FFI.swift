enum FFIRoom {}
