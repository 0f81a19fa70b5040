import HTTP
import JSON

/// Finds the route of a request. `api-version` is ignored: there is one version, and no route has the query item for another use.
struct Router {
    let routes: [Route]

    func route(_ request: HTTPRequest, _ responder: Responder) {
        var isKnownPath = false
        for route in routes {
            guard let names = route.names(in: request.path) else { continue }
            isKnownPath = true
            guard route.method == request.method else { continue }
            return route.act(RouteCall(request: request, names: names, responder: responder))
        }
        // IoT Edge's daemons answer a wrong method with 400.
        responder.send(isKnownPath ? .failure(400, "method not allowed") : .failure(404, "not found"))
    }
}
