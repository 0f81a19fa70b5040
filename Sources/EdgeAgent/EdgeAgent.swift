enum EdgeAgentRoom {}
