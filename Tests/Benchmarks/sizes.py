"""What a program is made of, from the linker's map."""

import re

# 'VMA LMA Size Align archive(member):(section)', as lld writes it; sections that are only in memory are left out.
ENTRY = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(\S.*):\((\S+)\)$")
C_LIBRARIES = ("uv", "ffi", "jansson", "sqlite3", "mbedcrypto", "mbedtls", "mbedx509", "http_parser")


def parts(map_file):
    """Bytes of each C library in the program. What the linker made, as merged strings, is not counted to any."""
    sizes = {}
    with open(map_file) as file:
        for line in file:
            entry = ENTRY.match(line)
            if not entry or entry[3].startswith((".bss", "COMMON", ".tbss")):
                continue
            archive = re.search(r"/lib(\w+)\.a\(", entry[2])
            if archive and archive[1] in C_LIBRARIES:
                sizes[archive[1]] = sizes.get(archive[1], 0) + int(entry[1], 16)
    return sizes
