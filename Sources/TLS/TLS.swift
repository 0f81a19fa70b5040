enum TLSRoom {}
