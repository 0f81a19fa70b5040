"""What a program is made of, from the linker's map."""

import collections
import re
import subprocess

# 'VMA LMA Size Align archive(member):(section)', as lld writes it.
ENTRY = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +\d+ {9}(\S.*):\((\S+)\)$")
# 'name type address offset size', as readelf writes it: strings, which the linker merges.
STRINGS = re.compile(r"(\.rodata\.str\S*) +PROGBITS +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+)")
C_LIBRARIES = ("uv", "ffi", "jansson", "sqlite3", "mbedcrypto", "mbedtls", "mbedx509", "http_parser")


def parts(map_file):
    """Bytes of each C library in the program. Strings of all inputs are merged, and no input's any more: what is more than all
    strings of our own objects together is counted to the libraries."""
    sizes = collections.Counter()
    merged = collections.Counter()
    objects = set()
    with open(map_file) as file:
        for line in file:
            entry = ENTRY.match(line)
            if not entry or entry[3].startswith((".bss", "COMMON", ".tbss")):
                continue
            size, source, section = int(entry[1], 16), entry[2], entry[3]
            archive = re.search(r"/lib(\w+)\.a\(", source)
            if archive and archive[1] in C_LIBRARIES:
                sizes[archive[1]] += size
            elif source == "<internal>" and section.startswith(".rodata.str"):
                merged[section] += size
            elif not archive and source != "<internal>":
                objects.add(source)
    listing = subprocess.run(["readelf", "-SW", *sorted(objects)], capture_output=True, text=True, check=True).stdout
    for section, size in STRINGS.findall(listing):
        merged[section] -= int(size, 16)
    sizes["their strings"] = sum(size for size in merged.values() if size > 0)
    return sizes
