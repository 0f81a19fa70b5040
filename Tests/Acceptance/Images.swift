import Foundation
import TestSupport

/// Module images that the tests compile, each once.
enum Images {
    private static let folder: TemporaryFolder = {
        atexit { try? FileManager.default.removeItem(atPath: Images.folder.path) }
        return TemporaryFolder()
    }()

    /// A library that shows all of the ABI: see `ProbeSource`.
    static var probe: String { get throws { try compiled.probe.get() } }
    /// The same, another build.
    static var probe2: String { get throws { try compiled.probe2.get() } }
    /// A plain C library with state.
    static var plain: String { get throws { try compiled.plain.get() } }
    /// A plain C library with buffers, structs and a thread that calls back.
    static var meter: String { get throws { try compiled.meter.get() } }
    /// A library that does what it must not: see `FaultySource`.
    static var faulty: String { get throws { try compiled.faulty.get() } }
    /// A program that sends as fast as it is acknowledged.
    static var sender: String { get throws { try compiled.sender.get() } }

    /// A program that reports as fast as it is acknowledged: see `ReporterSource`.
    static var reporter: String { get throws { try compiled.reporter.get() } }
    /// Modules that write down what they send and get, as a library and as a program: see `CourierSource`.
    static var courier: String { get throws { try compiled.courier.get() } }
    static var courierProgram: String { get throws { try compiled.courierProgram.get() } }

    /// To be preloaded: see `FaultShimSource` and `ClockShimSource`.
    static var faultShim: String { get throws { try compiled.faultShim.get() } }
    static var clockShim: String { get throws { try compiled.clockShim.get() } }

    private static let compiled = (
        probe: Result { try library("libprobe.so", ProbeSource.text) },
        probe2: Result { try library("libprobe2.so", ProbeSource.defining("BUILD", "\"2\"")) },
        plain: Result { try library("libplain.so", PlainSource.text) },
        meter: Result { try library("libmeter.so", MeterSource.text) },
        faulty: Result { try library("libfaulty.so", FaultySource.text) },
        sender: Result { try compileProgram(source: SenderSource.text, named: "sender", in: folder) },
        reporter: Result { try compileProgram(source: ReporterSource.text, named: "reporter", in: folder) },
        courier: Result { try library("libcourier.so", CourierSource.library) },
        courierProgram: Result { try compileProgram(source: CourierSource.program, named: "courier", in: folder) },
        faultShim: Result { try library("libfaults.so", FaultShimSource.text) },
        clockShim: Result { try library("libclock.so", ClockShimSource.text) }
    )

    private static func library(_ name: String, _ source: String) throws -> String {
        try compileSharedLibrary(source: source, named: name, in: folder)
    }
}
