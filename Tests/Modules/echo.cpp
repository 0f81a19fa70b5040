// A module in C++98 and later: sends every message on, and answers "greet" from a thread of its own.
#include <martlet.h>
#include <pthread.h>
#include <string.h>

namespace {

class Echo {
public:
    Echo(const martlet_host_api *host, martlet_instance *instance) : host(host), instance(instance), call(0), has_worker(false) {}

    // What was started ends here: after destroy nothing of the module may run.
    ~Echo() {
        if (has_worker) pthread_join(worker, 0);
    }

    void receive(const martlet_message &message) {
        martlet_message copy = message;
        copy.size = sizeof copy;
        copy.name = "out";
        host->send(instance, &copy, 0, 0);
    }

    int invoke(const char *method, martlet_call *waiting) {
        if (strcmp(method, "greet") != 0 || has_worker) return MARTLET_ERROR_NOT_FOUND;
        call = waiting;
        has_worker = pthread_create(&worker, 0, work, this) == 0;
        return has_worker ? MARTLET_OK : MARTLET_ERROR_FAILED;
    }

private:
    // On the worker: log and post, nothing else.
    static void *work(void *self) {
        Echo *echo = static_cast<Echo *>(self);
        echo->host->log(echo->instance, MARTLET_LOG_INFO, "greeting from a thread");
        echo->host->post(echo->instance, answer, echo);
        return 0;
    }

    // On the module's thread again.
    static void answer(void *self) {
        Echo *echo = static_cast<Echo *>(self);
        martlet_bytes payload = {"{\"from\":\"C++\"}", 14};
        echo->host->answer(echo->instance, echo->call, 200, payload);
    }

    const martlet_host_api *host;
    martlet_instance *instance;
    martlet_call *call;
    pthread_t worker;
    bool has_worker;
};

} // namespace

extern "C" {

static void *create(const martlet_host_api *host, martlet_instance *instance) { return new Echo(host, instance); }
static void destroy(void *self) { delete static_cast<Echo *>(self); }
static void receive(void *self, const martlet_message *message) { static_cast<Echo *>(self)->receive(*message); }
static int invoke(void *self, const char *method, martlet_bytes, martlet_call *call) {
    return static_cast<Echo *>(self)->invoke(method, call);
}

const martlet_module_api *martlet_module(const martlet_host_api *) {
    static const martlet_module_api api = {MARTLET_ABI_VERSION, sizeof api, 0, create, 0, receive, 0, invoke, destroy};
    return &api;
}

}
