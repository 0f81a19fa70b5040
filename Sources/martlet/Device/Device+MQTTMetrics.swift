import JSON
import MQTTServer
import Management

/// What the metrics page says of clients over MQTT.
extension Device {
    func writeMQTT(_ page: inout MetricsText) {
        let counters = mqtt.counters
        func each(_ name: StaticString, _ kind: MetricsText.Kind, _ help: StaticString, _ value: UInt64) {
            page.begin(name, kind, help)
            page.add(value)
        }
        each("martlet_mqtt_clients", .gauge, "Clients that are connected over MQTT.", UInt64(mqtt.connectedClients))
        each("martlet_mqtt_unauthenticated", .gauge, "MQTT connections that have not sent a CONNECT.", UInt64(mqtt.arrivingConnections))
        each("martlet_mqtt_connections_total", .counter, "MQTT connections that came.", counters.connections)
        each("martlet_mqtt_connects_total", .counter, "CONNECTs that were accepted.", counters.connects)
        each("martlet_mqtt_refusals_total", .counter, "Connections that were refused, or sent no CONNECT.", counters.refusals)
        each("martlet_mqtt_violations_total", .counter, "Clients that were cut off for breaking a rule.", counters.violations)
        each("martlet_mqtt_timeouts_total", .counter, "Clients that were silent for too long.", counters.timeouts)
        each("martlet_mqtt_takeovers_total", .counter, "Clients that connected again while they were connected.", counters.takeovers)
        page.begin("martlet_mqtt_publishes_total", .counter, "PUBLISH packets.")
        page.add(counters.publishesIn, [(name: "direction", value: "in")])
        page.add(counters.publishesOut, [(name: "direction", value: "out")])
        page.begin("martlet_mqtt_bytes_total", .counter, "Bytes of MQTT, without what TLS adds.")
        page.add(counters.bytesIn, [(name: "direction", value: "in")])
        page.add(counters.bytesOut, [(name: "direction", value: "out")])
    }
}
