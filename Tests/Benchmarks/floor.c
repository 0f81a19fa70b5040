/* The least that any program needs, to measure beside others: what the machine itself costs.
 *
 *   floor ready             says so on standard output and sleeps
 *   floor module            a module over stdio: says that it is ready, and ends when it is told or its input ends
 *   floor supervise COMMAND...   starts COMMAND whenever it has ended */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int module(void) {
    static const char ready[] = "{\"method\":\"ready\"}\n";
    char input[4096];
    if (write(1, ready, sizeof(ready) - 1) < 0) return 1;
    for (ssize_t size; (size = read(0, input, sizeof(input) - 1)) > 0;) {
        input[size] = 0;
        if (strstr(input, "\"stop\"")) break;
    }
    return 0;
}

static int supervise(char **command) {
    for (;;) {
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            execv(command[0], command);
            _exit(127);
        }
        if (child < 0 || waitpid(child, NULL, 0) < 0) return 1;
    }
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "module"; /* the host of a module passes no arguments */
    if (strcmp(what, "module") == 0) return module();
    if (strcmp(what, "supervise") == 0 && count > 2) return supervise(arguments + 2);
    puts("ready");
    fflush(stdout);
    for (;;) pause();
}
