import Deployment
import JSON
import ModuleImages
import ModuleInstances
import ModuleLinks
import UV

/// What every supervisor shares.
final class AgentContext {
    let loop: Loop
    let deviceID: Text
    let hub: any ModuleHub
    let launcher: InstanceLauncher
    let images: ImageStore
    let memory: ModuleMemory
    let log: (Int32, Text) -> Void
    var settings: RestartSettings
    /// `host.quarantine`
    var isQuarantineOn = true
    /// The images that may run although nobody has them.
    var wantedImages: () -> [ImageDigest] = { [] }
    private var isCollecting = false
    private var isSaving = false
    private var saves = 0

    init(
        loop: Loop, deviceID: Text, hub: any ModuleHub, launcher: InstanceLauncher, images: ImageStore, memory: ModuleMemory,
        settings: RestartSettings, log: @escaping (Int32, Text) -> Void
    ) {
        self.loop = loop
        self.deviceID = deviceID
        self.hub = hub
        self.launcher = launcher
        self.images = images
        self.memory = memory
        self.settings = settings
        self.log = log
    }

    /// Removes the images that nobody has and nobody wants, soon: who is about to let one go may.
    func collectImages() {
        guard !isCollecting else { return }
        isCollecting = true
        loop.soon { [self] in
            isCollecting = false
            images.collect { [self] in wantedImages() }
        }
    }

    /// Many changes at once are one.
    func saveMemorySoon() {
        guard !isSaving else { return }
        isSaving = true
        loop.soon { [self] in
            isSaving = false
            saveMemory {}
        }
    }

    /// Brings what is remembered to the disk, off the loop. `then` comes at once if it is there already.
    func saveMemory(_ then: @escaping () -> Void) {
        let content = memory.takeUnsaved()
        guard content != nil || saves > 0 else { return then() }
        saves += 1
        let answer = Answer()
        images.background {
            answer.fault = content?.write()
        } then: { [self] in
            saves -= 1
            if let fault = answer.fault { memory.isNotSaved(fault) }
            then()
        }
    }

    /// Written on the thread of the files, read on the loop's after it.
    private final class Answer: @unchecked Sendable {
        var fault: Text?
    }
}
