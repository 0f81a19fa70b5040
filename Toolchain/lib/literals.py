"""Finds constants that Embedded Swift mixes up between the modules of a program.

    literals.py CLANG LLVM_NM FOLDER        FOLDER: a release folder with the bit code of all modules, MODULE.build/*.swift.o

The compiler makes a global of each constant array or dictionary in a function, and names it after the function and a number: Tv_, Tv0_, Tv1_.
In Embedded Swift a function is compiled in each module that calls it, and what is optimized differently there is numbered differently.
The globals are weak, so the linker takes those of one module for all: a certificate said CA where it was none. (Swift 6.3.1)

Exits with 1 where a name stands for different contents. Then write the function with one constant.
"""
import collections
import concurrent.futures
import glob
import os
import re
import subprocess
import sys

clang, nm, folder = sys.argv[1:]
constant = re.compile(r"(\$\S+?Tv)\d*_r?$")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def module(path):
    return re.search(r"([^/]+)\.build/", path)[1]


# Those that are in several modules, of functions that have several.
paths = sorted(glob.glob(f"{folder}/*.build/**/*.swift.o", recursive=True))
if not paths:
    sys.exit(f"{folder} holds no objects MODULE.build/*.swift.o")
places = collections.defaultdict(set)
numbers = collections.defaultdict(set)
for line in output(nm, "--defined-only", "-A", *paths).splitlines():
    path, _, rest = line.partition(": ")
    kind, name = rest.split()[-2:]
    match = constant.match(name)
    if match and kind in "WVwv":
        places[name].add(path)
        numbers[match[1]].add(name)
names = {
    name for several in numbers.values() if len(several) > 1 for name in several if len({module(path) for path in places[name]}) > 1
}


def contents(path):
    """The constants of an object: name and what it holds, behind the reference count that never changes."""
    code = output(clang, "-S", "-emit-llvm", "-x", "ir", path, "-o", "-", "-Xclang", "-disable-llvm-passes", "-w")
    found = []
    for name, definition in re.findall(r'^@"?([^"\s]+?)"? = (.*)$', code, re.MULTILINE):
        if name in names and " external " not in f" {definition}":
            value = re.sub(r"^.*?i(64|32) -1 }", "", definition)
            found.append((name, re.sub(r", (align|comdat|section|partition)\b.*", "", value)))
    return found


meanings = collections.defaultdict(lambda: collections.defaultdict(set))
looked = sorted(set().union(*(places[name] for name in names)))
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for path, found in zip(looked, pool.map(contents, looked)):
        for name, value in found:
            meanings[name][value].add(module(path))
faults = {name: values for name, values in meanings.items() if len(values) > 1}
for name, values in faults.items():
    print(f"{name} is different in {' and '.join('/'.join(sorted(modules)) for modules in values.values())}", file=sys.stderr)
if faults:
    sys.exit("constants of these functions are mixed up between modules: write each with one constant array or dictionary")
