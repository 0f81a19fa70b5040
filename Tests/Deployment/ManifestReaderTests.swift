import Deployment
import JSON
import Messages
import ModuleIdentities
import Testing

@Suite struct ManifestReaderTests {
    @Test func `downstream devices have ids and keys`() throws {
        let text = #"""
            {"device": {"id": "d", "children": [
                {"id": "sensor-7", "key": "MDEyMzQ1Njc4OWFiY2RlZg=="}, {"key": "ZmVkY2JhOTg3NjU0MzIxMA==", "id": "a.b"}]},
             "host": {"listen": {"mqtts": "0.0.0.0:8883"}},
             "modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {}}},
                                "$edgeHub": {"properties.desired": {"schemaVersion": "1.1", "routes": {},
                                    "storeAndForwardConfiguration": {"timeToLiveSecs": 7200}}}}}
            """#
        let deployment = try read(text).get()
        #expect(
            deployment.device.children == [
                DownstreamDevice(id: "sensor-7", key: Array("0123456789abcdef".utf8)),
                DownstreamDevice(id: "a.b", key: Array("fedcba9876543210".utf8)),
            ])
        #expect(deployment.notes.isEmpty)
    }

    @Test func `the manifest of the contract`() throws {
        let deployment = try read(contractManifest).get()
        #expect(
            deployment.device == DeviceSettings(id: "Hannover01", hubHostName: "contoso.azure-devices.net", gatewayHostName: "localhost"))
        #expect(
            deployment.host
                == HostSettings(
                    modulesDirectory: "/etc/martlet/modules", stateDirectory: "/etc/martlet/state", runtimeDirectory: "/etc/martlet/run",
                    listen: ListenSettings(
                        mqtts: ListenAddress(host: "127.0.0.1", port: 8883), https: ListenAddress(host: "127.0.0.1", port: 443),
                        metrics: ListenAddress(host: "127.0.0.1", port: 9600)),
                    limits: QueueLimits(memoryQueueBytes: 4_194_304, diskQueueBytes: 67_108_864, whenFull: .dropOldest),
                    restart: RestartSettings(coolOffSeconds: 10, maxRestarts: 20, intensiveCareSeconds: 600)))
        #expect(
            deployment.modules == [
                ModuleSpecification(
                    name: "thermometer", version: "1.0", status: .running, restartPolicy: .always, startupOrder: 1,
                    image: "libthermometer.so",
                    environment: [EnvironmentVariable(name: "PERIOD_MS", value: "1000")], kind: .library(isolation: .loop)),
                ModuleSpecification(
                    name: "insight", status: .running, restartPolicy: .onFailure, startupOrder: 4_294_967_295, image: "insight",
                    kind: .executable(args: ["--verbose"], protocol: .stdio)),
                ModuleSpecification(
                    name: "pid", status: .running, restartPolicy: .always, image: "libpid.so",
                    kind: .functions(isolation: .process, binding: try LibraryBinding.reading(contractBinding).get())),
            ])
        #expect(
            deployment.routes == [
                RouteSpecification(
                    name: "toInsight",
                    route: Route(
                        source: RouteSource("/messages/modules/thermometer/outputs/*"), sink: .module(name: "insight", input: "readings")),
                    persistence: .memory),
                RouteSpecification(
                    name: "toCloud", route: Route(source: RouteSource("/messages/modules/insight/outputs/alert"), sink: .upstream),
                    priority: 0,
                    timeToLiveSecs: 86400, persistence: .disk),
            ])
        #expect(deployment.desired == [DesiredSection(module: "insight", properties: ["threshold": 25])])
        #expect(deployment.timeToLiveSecs == 7200)
        #expect(deployment.notes == [])
    }

    @Test func `a small manifest has the defaults of the contract`() throws {
        let deployment = try read(manifest()).get()
        #expect(deployment.device == DeviceSettings(id: "d", hubHostName: "martlet.local", gatewayHostName: "localhost"))
        #expect(deployment.host.listen == ListenSettings())
        #expect(deployment.host.limits == QueueLimits())
        #expect(
            deployment.modules == [
                ModuleSpecification(name: "m", restartPolicy: .onUnhealthy, image: "m.so", kind: .library(isolation: .loop))
            ])
        #expect(deployment.notes.isEmpty)
    }
}
