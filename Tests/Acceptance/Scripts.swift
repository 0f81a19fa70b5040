/// Modules over stdio, as shell scripts.
enum Scripts {
    /// Logs every line it gets, and stops when it is told to.
    static let patient = #"""
        #!/bin/sh
        echo '{"method":"ready"}'
        while IFS= read -r line; do
            printf '%s\n' "$line" >&2
            case $line in *'"method":"stop"'*) exit 0 ;; esac
        done

        """#

    /// Ignores both the stop line and SIGTERM.
    static let stubborn = #"""
        #!/bin/sh
        trap '' TERM
        echo '{"method":"ready"}'
        while :; do read -r line || exec tail -f /dev/null; done

        """#

    /// Is ready, then ends with an exit code.
    static func ending(_ code: Int) -> String {
        """
        #!/bin/sh
        echo "the words before the end" >&2
        echo '{"method":"ready"}'
        exit \(code)

        """
    }

    /// Starts grandchildren, one of them in a session of its own, and tells their numbers.
    static func withGrandchildren(then: String) -> String {
        """
        #!/bin/sh
        sleep 600 &
        first=$!
        setsid sh -c 'echo $$ > session; exec sleep 600' < /dev/null > /dev/null 2>&1 &
        while [ ! -s session ]; do :; done
        echo "grandchildren $first $(cat session)" >&2
        rm session
        echo '{"method":"ready"}'
        \(then)

        """
    }
}
