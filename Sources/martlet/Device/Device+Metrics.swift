import CPOSIX
import Deployment
import EdgeAgent
import EdgeHub
import Files
import JSON
import Management
import Messages
import ModuleIdentities
import ModuleInstances
import ModuleLinks
import UV

/// The page of the metrics port: IoT Edge's names where it has one, `martlet_` for the rest.
extension Device {
    func metricsPage() -> [UInt8] {
        var page = MetricsText(labels: [
            (name: "iothub", value: deployment.device.hubHostName), (name: "edge_device", value: hub.deviceID),
            (name: "instance_number", value: instanceNumber),
        ])
        writeClients(&page)
        writeMethods(&page)
        writeQueues(&page)
        writeMQTT(&page)
        writeModules(&page)
        writeHost(&page)
        return page.finish()
    }

    /// As IoT Edge names a module, `Hannover01/thermometer`, and a device, `sensor-7`.
    private func path(_ name: Text) -> Text {
        let identity = ClientName.identity(name, device: hub.deviceID)
        return identity.moduleID.map { "\(identity.deviceID)/\($0)" } ?? identity.deviceID
    }

    // MARK: - The hub

    private func writeClients(_ page: inout MetricsText) {
        let clients = hub.clients()
        func each(_ name: StaticString, _ help: StaticString, _ label: MetricsText.Label?, _ count: (ClientStatus) -> UInt64) {
            page.begin(name, .counter, help)
            for client in clients {
                let id: MetricsText.Label = (name: "id", value: path(client.module))
                page.add(count(client), label.map { [$0, id] } ?? [id])
            }
        }
        page.begin("edgehub_connected_clients", .gauge, "Modules and devices that are connected to the hub.")
        page.add(UInt64(clients.filter { $0.isConnected }.count))
        each("edgehub_client_connect_success_total", "Instances of the module that connected.", nil) { $0.tally.connects }
        each("edgehub_client_disconnect_total", "Instances of the module that disconnected.", nil) { $0.tally.disconnects }
        each("edgehub_gettwin_total", "Times the module read its twin.", (name: "source", value: "edge_hub")) { $0.tally.twinReads }
        each("edgehub_reported_properties_total", "Patches of reported properties.", (name: "target", value: "edge_hub")) {
            $0.tally.reports
        }
    }

    private func writeMethods(_ page: inout MetricsText) {
        page.begin("edgehub_direct_methods_total", .counter, "Direct method calls, from none where an operator called.")
        let calls = hub.methodTally.counts.map { (pair: $0.key, count: $0.value) }
        for call in calls.inOrder({ $0.pair.from == $1.pair.from ? $0.pair.to < $1.pair.to : $0.pair.from < $1.pair.from }) {
            let from = call.pair.from.isEmpty ? call.pair.from : path(call.pair.from)
            page.add(call.count, [(name: "from", value: from), (name: "to", value: path(call.pair.to))])
        }
        page.begin("edgeagent_direct_method_invocations_count", .counter, "Calls of the agent's methods.")
        for (method, count) in agentMethods.calls { page.add(count, [(name: "method_name", value: method)]) }
        page.begin("martlet_direct_methods_pending", .gauge, "Direct method calls that are not answered yet.")
        page.add(UInt64(hub.methodsUnderWay))
    }

    private func writeQueues(_ page: inout MetricsText) {
        let (queues, traffic) = (hub.queues(), hub.traffic())
        page.begin("edgehub_messages_received_total", .counter, "Messages that the module sent.")
        for module in traffic { page.add(module.received, [(name: "id", value: path(module.module))]) }
        func each(
            _ name: StaticString, _ kind: MetricsText.Kind, _ help: StaticString,
            _ write: (inout MetricsText, QueueStatus, [MetricsText.Label]) -> Void
        ) {
            page.begin(name, kind, help)
            for queue in queues {
                // An endpoint may have two queues of one priority: no series comes twice.
                let labels: [MetricsText.Label] = [
                    (name: "endpoint", value: queue.endpoint), (name: "priority", value: "\(queue.priority)"),
                    (name: "persistence", value: queue.persistence == .disk ? "disk" : "memory"),
                ]
                write(&page, queue, labels)
            }
        }
        each("edgehub_queue_length", .gauge, "Messages that wait in the queue.") { $0.add(UInt64($1.length), $2) }
        each("martlet_queue_bytes", .gauge, "Bytes of the messages that wait in the queue.") { $0.add(UInt64($1.bytes), $2) }
        each("martlet_queue_oldest_seconds", .gauge, "How long the oldest message of the queue waits.") {
            $0.add(ms: $1.oldestMs ?? 0, $2)
        }
        each("edgehub_messages_sent_total", .counter, "Messages that were delivered.") { $0.add($1.delivered, $2) }
        each("edgehub_messages_dropped_total", .counter, "Messages that were dropped, by reason.") { page, queue, labels in
            for (reason, count) in queue.dropped.byReason { page.add(count, [(name: "reason", value: reason)] + labels) }
        }
        for module in traffic {
            page.add(module.unrouted, [(name: "reason", value: "no_route"), (name: "from", value: path(module.module))])
        }
        each("edgehub_messages_unack_total", .counter, "Messages that could not be stored.") {
            $0.add($1.dropped.unstored, [(name: "reason", value: "storage_failure")] + $2)
        }
        page.begin("martlet_queue_limit_bytes", .gauge, "What all queues together may hold.")
        page.add(UInt64(hub.limits.memoryQueueBytes), [(name: "persistence", value: "memory")])
        page.add(UInt64(hub.limits.diskQueueBytes), [(name: "persistence", value: "disk")])
    }

    // MARK: - The agent

    private func writeModules(_ page: inout MetricsText) {
        let (reports, now) = (agent.reports(), Loop.monotonicMs)
        func each(
            _ name: StaticString, _ kind: MetricsText.Kind, _ help: StaticString, hasVersion: Bool = false,
            _ write: (inout MetricsText, ModuleReport, [MetricsText.Label]) -> Void
        ) {
            page.begin(name, kind, help)
            for report in reports {
                var labels: [MetricsText.Label] = [(name: "module_name", value: report.module.name)]
                if hasVersion { labels.append((name: "module_version", value: report.module.version)) }
                write(&page, report, labels)
            }
        }
        each("edgeAgent_module_start_total", .counter, "Instances of the module that were started.", hasVersion: true) {
            $0.add($1.tally.starts, $2)
        }
        each("edgeAgent_module_stop_total", .counter, "Instances of the module that are over.", hasVersion: true) {
            $0.add($1.tally.ends, $2)
        }
        each("edgeAgent_total_time_running_correctly_seconds", .counter, "Time for which the module was ready.") {
            $0.add(ms: $1.tally.runningMs(now), $2)
        }
        each("edgeAgent_total_time_expected_running_seconds", .counter, "Time for which the module was wanted to run.") {
            $0.add(ms: $1.tally.wantedMs(now), $2)
        }
        each("martlet_module_restarts", .gauge, "Restarts of the module since it last ran well.") {
            $0.add(UInt64(max(0, $1.restartCount)), $2)
        }
        each("edgeAgent_used_memory_bytes", .gauge, "Memory of the process of a module; host is this one.") { page, report, labels in
            if let pid = report.pid { page.add(Self.memory(of: "\(pid)"), labels) }
        }
        page.add(Self.memory(of: "self"), [(name: "module_name", value: "host")])
    }

    /// What of it is in memory; 0 where it is gone.
    private static func memory(of process: Text) -> UInt64 {
        let fields = ((try? Files.read("/proc/\(process)/statm", limit: 256)) ?? []).split(separator: UInt8(ascii: " "))
        guard fields.count > 1 else { return 0 }
        var pages: UInt64 = 0
        for byte in fields[1] where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
            pages = pages * 10 + UInt64(byte - UInt8(ascii: "0"))
        }
        return pages * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }

    // MARK: - The machine

    private func writeHost(_ page: inout MetricsText) {
        page.begin("edgeAgent_host_uptime_seconds", .gauge, "Time since the machine started.")
        page.add(ms: Self.machineMs())
        page.begin("edgeAgent_iotedged_uptime_seconds", .gauge, "Time since the host started.")
        page.add(ms: Loop.monotonicMs - startedMs)
        page.begin("edgeAgent_available_disk_space_bytes", .gauge, "Room on the disk of the state folder.")
        let disk = martlet_disk_space(place.stateDirectory)
        page.add(disk.available, [(name: "disk_name", value: "state")])
        page.begin("edgeAgent_total_disk_space_bytes", .gauge, "Size of the disk of the state folder.")
        page.add(disk.total, [(name: "disk_name", value: "state")])
        page.begin("martlet_https_refused_total", .counter, "Requests over HTTPS whose token was not good.")
        page.add(serviceRefusals.total)
        page.begin("edgeAgent_metadata", .gauge, "Always 0.")
        page.add(
            0, [(name: "edge_agent_version", value: Text(Version.text)), (name: "host_information", value: SystemName.current.machine)])
    }

    private static func machineMs() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
