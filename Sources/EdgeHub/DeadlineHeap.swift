/// Calls by their deadlines: the nearest is first. Adding, removing and moving one takes as many steps as the number of calls has binary
/// digits.
struct DeadlineHeap {
    /// No call is later than those at twice its place plus one and plus two.
    private var calls: [PendingCall] = []

    var isEmpty: Bool { calls.isEmpty }
    var count: Int { calls.count }
    /// The call whose time is over first.
    var first: PendingCall? { calls.first }

    mutating func insert(_ call: PendingCall) {
        call.place = calls.count
        calls.append(call)
        rise(call)
    }

    mutating func remove(_ call: PendingCall) {
        let place = call.place
        guard place >= 0 else { return }
        call.place = -1
        let last = calls.removeLast()
        guard last !== call else { return }
        put(last, at: place)
        moved(last)
    }

    /// Its deadline is another one.
    mutating func moved(_ call: PendingCall) {
        rise(call)
        sink(call)
    }

    private mutating func put(_ call: PendingCall, at place: Int) {
        calls[place] = call
        call.place = place
    }

    private mutating func rise(_ call: PendingCall) {
        var place = call.place
        while place > 0 {
            let parent = calls[(place - 1) / 2]
            if parent.deadline <= call.deadline { break }
            let free = parent.place
            put(parent, at: place)
            place = free
        }
        put(call, at: place)
    }

    private mutating func sink(_ call: PendingCall) {
        var place = call.place
        while true {
            var child = 2 * place + 1
            guard child < calls.count else { break }
            if child + 1 < calls.count, calls[child + 1].deadline < calls[child].deadline { child += 1 }
            let nearest = calls[child]
            if call.deadline <= nearest.deadline { break }
            put(nearest, at: place)
            place = child
        }
        put(call, at: place)
    }
}
