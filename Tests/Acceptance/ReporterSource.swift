/// A stdio module that reports `{"n":N,"copy":N}`, N one more each time, eight at once under way. It goes on from what its twin says.
/// To the file `argv[1]` it appends `s N` before it sends, and `a N VERSION` when that was acknowledged.
enum ReporterSource {
    static let text = #"""
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        static char line[1 << 20];
        static int file;
        static long next;
        static void note(const char *format, long n, long version) {
            char text[64];
            if (write(file, text, sprintf(text, format, n, version)) < 0) exit(1);
        }
        static void report(void) {
            next++;
            note("s %ld\n", next, 0);
            printf("{\"id\":%ld,\"method\":\"report\",\"params\":{\"patch\":{\"n\":%ld,\"copy\":%ld}}}\n", next, next, next);
            fflush(stdout);
        }
        static long number(const char *from, const char *name) {
            const char *place = from ? strstr(from, name) : NULL;
            return place ? atol(place + strlen(name)) : 0;
        }
        int main(int argc, char **argv) {
            file = open(argv[argc - 1], O_WRONLY | O_APPEND | O_CREAT, 0600);
            while (fgets(line, sizeof line, stdin)) {
                if (strstr(line, "\"method\":\"start\"")) {
                    next = number(strstr(line, "\"reported\""), "\"n\":");
                    puts("{\"method\":\"ready\"}");
                    for (int window = 0; window < 8; window++) report();
                } else if (strstr(line, "\"method\":\"stop\"")) {
                    return 0;
                } else if (strstr(line, "\"result\"")) {
                    note("a %ld %ld\n", number(line, "\"id\":"), number(line, "\"version\":"));
                    report();
                } else if (strstr(line, "\"error\"")) {
                    fputs(line, stderr);
                }
            }
            return 0;
        }

        """#
}
