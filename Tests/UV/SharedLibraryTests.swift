import TestSupport
import Testing
import UV

@Suite struct SharedLibraryTests {
    @Test func `a library is loaded and its functions can be called`() throws {
        let folder = TemporaryFolder()
        let path = try compileSharedLibrary(
            source: "int add(int a, int b) { return a + b; }", named: "libadd.so", in: folder)
        let library = try SharedLibrary(path: path)
        let symbol = try #require(library.symbol("add"))
        let add = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
        #expect(add(2, 3) == 5)
        #expect(library.symbol("subtract") == nil)
        library.close()
        library.close()
        #expect(library.symbol("add") == nil)
    }

    @Test func `a symbol that nobody has is an error at load and not a crash later`() throws {
        let folder = TemporaryFolder()
        let path = try compileSharedLibrary(
            source: "int nobody_has_this(void); int call(void) { return nobody_has_this(); }", named: "libundefined.so",
            in: folder)
        let error = #expect(throws: SharedLibraryError.self) { try SharedLibrary(path: path) }
        #expect(error?.message.contains("nobody_has_this") == true)
    }

    @Test func `a missing file and one that is no library are errors that name the file`() throws {
        let folder = TemporaryFolder()
        let text = try folder.write("not ELF", to: "libtext.so")
        for path in [text, folder.path("libmissing.so")] {
            let error = #expect(throws: SharedLibraryError.self) { try SharedLibrary(path: path) }
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func `symbols of one library are not seen by another`() throws {
        let folder = TemporaryFolder()
        let first = try SharedLibrary(
            path: compileSharedLibrary(source: "int shared_name(void) { return 1; }", named: "lib1.so", in: folder))
        let path = try compileSharedLibrary(
            source: "int shared_name(void); int call(void) { return shared_name(); }", named: "lib2.so", in: folder)
        #expect(throws: SharedLibraryError.self) { try SharedLibrary(path: path) }
        withExtendedLifetime(first) {}
    }

    @Test func `variables are told from functions`() throws {
        let folder = TemporaryFolder()
        let source = """
            int variable = 1;
            const char text[] = "read only";
            _Thread_local int of_thread;
            int function(void) { return of_thread; }
            __attribute__((weak)) int weak(void) { return 1; }
            static int chosen(void) { return 1; }
            static void *choose(void) { return chosen; }
            int indirect(void) __attribute__((ifunc("choose")));
            __asm__(".globl untyped; untyped: .byte 0");
            """
        let library = try SharedLibrary(path: compileSharedLibrary(source: source, named: "libsymbols.so", in: folder))
        for (name, isVariable) in [
            ("variable", true), ("text", true), ("of_thread", true), ("function", false), ("weak", false), ("indirect", false),
            ("untyped", false),
        ] {
            #expect(SharedLibrary.isVariable(try #require(library.symbol(name))) == isVariable, "\(name)")
        }
    }

    @Test(arguments: ["sin", "pow", "time", "gettimeofday", "strlen", "memcpy", "qsort"])
    func `functions of the C library are functions, however it chooses them`(name: String) throws {
        let library = try SharedLibrary(path: "libm.so.6")
        #expect(!SharedLibrary.isVariable(try #require(library.symbol(name))))
    }

    @Test func `variables of the C library are variables`() throws {
        let library = try SharedLibrary(path: "libm.so.6")
        for name in ["stdout", "environ", "signgam"] { #expect(SharedLibrary.isVariable(try #require(library.symbol(name))), "\(name)") }
    }

    @Test func `a library that is kept stays when it is dropped`() throws {
        let folder = TemporaryFolder()
        let path = try compileSharedLibrary(source: "int kept = 1;", named: "libkept.so", in: folder)
        try SharedLibrary(path: path).keep()
        #expect(SharedLibrary.isLoaded(path: path))
    }
}
