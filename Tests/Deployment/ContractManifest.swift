import JSON

/// The manifest of the contract, word for word.
let contractManifest = #"""
    {
      "device": { "id": "Hannover01", "hubHostName": "contoso.azure-devices.net", "gatewayHostName": "localhost" },
      "host":   { "modulesDirectory": "modules", "stateDirectory": "state", "runtimeDirectory": "run",
                  "listen": { "mqtts": "127.0.0.1:8883", "https": "127.0.0.1:443", "metrics": "127.0.0.1:9600" },
                  "limits": { "memoryQueueBytes": 4194304, "diskQueueBytes": 67108864, "whenFull": "dropOldest" },
                  "restart": { "coolOffSeconds": 10, "maxRestarts": 20, "intensiveCareSeconds": 600 } },
      "modulesContent": {
        "$edgeAgent": { "properties.desired": {
          "schemaVersion": "1.1",
          "runtime": { "type": "martlet" },
          "modules": {
            "thermometer": { "type": "library", "version": "1.0", "status": "running", "restartPolicy": "always", "startupOrder": 1,
                             "settings": { "image": "libthermometer.so", "isolation": "loop" },
                             "env": { "PERIOD_MS": { "value": "1000" } } },
            "insight":     { "type": "executable", "status": "running", "restartPolicy": "on-failure",
                             "settings": { "image": "insight", "args": ["--verbose"], "protocol": "stdio" } },
            "pid":         { "type": "functions", "status": "running", "restartPolicy": "always",
                             "settings": { "image": "libpid.so",
                               "functions": { "update": { "symbol": "pid_update", "arguments": ["double", "double"], "returns": "double" } },
                               "polls": [ { "function": "update", "arguments": [1.0, 0.5], "everyMs": 1000, "output": "control" } ] } } } } },
        "$edgeHub": { "properties.desired": {
          "schemaVersion": "1.1",
          "routes": { "toInsight": "FROM /messages/modules/thermometer/outputs/* INTO BrokeredEndpoint(\"/modules/insight/inputs/readings\")",
                      "toCloud":   { "route": "FROM /messages/modules/insight/outputs/alert INTO $upstream", "priority": 0, "timeToLiveSecs": 86400 } },
          "storeAndForwardConfiguration": { "timeToLiveSecs": 7200 } } },
        "insight": { "properties.desired": { "threshold": 25 } }
      }
    }
    """#

/// What its module `pid` binds.
let contractBinding: JSONObject = [
    "functions": ["update": ["symbol": "pid_update", "arguments": ["double", "double"], "returns": "double"]],
    "polls": [["function": "update", "arguments": [1.0, 0.5], "everyMs": 1000, "output": "control"]],
]
