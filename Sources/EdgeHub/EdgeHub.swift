enum EdgeHubRoom {}
