/// Programs in Python for the tests of frames.
enum PythonPrograms {
    /// Threads that wait in functions of every kind; the last line waits itself.
    static let kinds = """
        import asyncio, contextlib, functools
        EVENT = threading.Event()
        def nap(*arguments):
            EVENT.wait()
            return 0

        def plain(a, b, *c, d=1):
            def inner(x):
                return nap(
                    x,
                    a,
                )
            return inner(b)

        class Outer:
            class Inner:
                def __init__(self):
                    self.value = self.slow
                @property
                def slow(self):
                    return self.make(1)
                @classmethod
                def make(cls, a):
                    return cls.still(a)
                @staticmethod
                def still(a):
                    nap(a)
            def __getattr__(self, name):
                nap(name)
            def __del__(self):
                nap()

        def numbers(count):
            for number in range(count):
                yield number
                yield from deeper(number)
        def deeper(number):
            nap(number)
            yield number

        def decorated(function):
            @functools.wraps(function)
            def wrapper(*a, **k):
                # Comments and empty lines move the lines.

                return function(*a, **k)
            return wrapper
        @decorated
        @decorated
        def target(a):
            nap(a)

        @contextlib.contextmanager
        def managed():
            nap()
            yield
        def manages():
            with managed():
                pass

        def größe_in_漢字(ñ):
            class Größe:
                def 長さ(self):
                    return [𐌰 for 𐌰 in map(lambda 𐌱: nap(𐌱), [1])]
            return Größe().長さ()

        async def waits():
            await gather_it()
        async def gather_it():
            await asyncio.sleep(0)
            nap()

        def recursive(depth):
            if depth == 0:
                return nap()
            return recursive(depth - 1)

        def raises():
            try:
                raise ValueError
            except ValueError:
                try:
                    pass
                finally:
                    nap()

        def backwards():
            return sum([
                1,
                2,
                3], nap()
            ) + (
                nap()
            )

        SCOPE = dict(nap=nap)
        exec('\\n' * 700 + 'def made(a):\\n' + '    a += 1\\n' * 2000 + '    nap(\\n' + '\\n' * 300
             + '        a)\\n' + '    a\\n' * 10, SCOPE)
        exec('class Böse:\\n    def __call__(self): nap()', SCOPE)

        KINDS = dict(
            plain=lambda: plain(1, 2), init=lambda: Outer.Inner(),
            attribute=lambda: Outer().missing, generator=lambda: list(numbers(3)),
            comprehension=lambda: [nap(x) for x in [1]],
            dictionary=lambda: {k: nap(k) for k in 'a'}, expression=lambda: sum(nap(x) for x in 'a'),
            decorator=lambda: target(1), manager=manages, names=lambda: größe_in_漢字(1),
            coroutine=lambda: asyncio.run(waits()), recursion=lambda: recursive(200),
            exception=raises, backwards=backwards, made=lambda: SCOPE['made'](1),
            called=lambda: SCOPE['Böse']()(), key=lambda: sorted([3, 1], key=nap),
            reduced=lambda: functools.reduce(lambda a, b: nap(a, b), [1, 2]),
            partial=functools.partial(functools.partial(nap, 1), 2))
        for name, kind in KINDS.items():
            threading.Thread(target=kind, name=name, daemon=True).start()
        def settled():
            # All are in nap, and stay there.
            frames = sys._current_frames()
            def at(frame):
                while frame and frame.f_code is not nap.__code__:
                    frame = frame.f_back
                return frame is not None
            return sum(map(at, frames.values())) == len(KINDS)
        while not settled():
            time.sleep(0.01)
        time.sleep(0.2)
        def main_waits():
            truth(sys._getframe().f_lineno + 1)
            time.sleep(1000)
        main_waits()
        """

    /// Threads that wait at the end of chains of functions that are made by chance: calls at lines
    /// far on, back, and inside of every statement.
    static func chains(seed: UInt64) -> String {
        """
        import contextlib, random
        EVENT = threading.Event()
        WAITING = []
        def nap(*arguments):
            WAITING.append(1)
            EVENT.wait()
            return 0
        CHANCE = random.Random(\(seed))
        CALLS = [
            '    return {f}(a)', '    x = [1,\\n\\n  {f}(\\n\\n  a), 2,\\n 3]',
            '    for i in range(1):\\n        if a:\\n            {f}(a)\\n        x = 1',
            '    with contextlib.suppress(KeyError):\\n\\n        {f}(a)',
            '    try:\\n        x = 1 / 0\\n    except ZeroDivisionError:\\n        {f}(a)',
            '    try:\\n        x = 2\\n    finally:\\n\\n        {f}(a)\\n        x = 3',
            '    x = (1 +\\n      {f}(a)\\n      + 1)', '    g = lambda b: (\\n        {f}(b))\\n    g(a)',
            '    x = dict(a=1,\\n  b=2,\\n  c={f}(\\n a))', '    while True:\\n        if {f}(a): break',
            '    x = [b\\n  for b in [1]\\n  if {f}(\\n b)]', '    class C:\\n        x = 1\\n        y = {f}(1)',
            '    assert {f}(a) or\\\\\\n a', '    x = a if\\\\\\n {f}(a) else\\\\\\n 2',
            '    del [{{1:\\n 2}}, {{3:\\n\\n {f}(a)}}][0][1]', "    x = f'{{a}}{{{f}(a)}}'"]
        FILL = ['', '', '    x = 1', '    x = a\\\\\\n + 2', '    x = {1: 2,\\n\\n 3: a}', '    if a: x = 3',
                '    def inner():\\n        yield 1', '    x = len(\\n  [a,\\n  a])']
        def source():
            lines = []
            for i in range(120):
                lines += [''] * CHANCE.choice([0, 1, 5]) + ['def f%d(a):' % i]
                lines += CHANCE.choices(FILL, k=CHANCE.choice([0, 1, 3, 40]))
                lines += [''] * CHANCE.choice([0, 0, 1, 15, 16, 63, 64, 127, 128, 129, 300])
                lines += [CHANCE.choice(CALLS).format(f='f%d' % (i + 1))]
                lines += CHANCE.choices(FILL, k=CHANCE.choice([0, 1, 3, 40]))
            return '\\n'.join(lines)
        CHAINS = 12
        for number in range(CHAINS):
            scope = dict(f120=nap, contextlib=contextlib)
            exec(compile(source(), '<chain %d>' % number, 'exec'), scope)
            threading.Thread(
                target=scope['f0'], args=[1], name='chain %d' % number, daemon=True).start()
        while len(WAITING) < CHAINS:
            time.sleep(0.01)
        time.sleep(0.2)
        truth(sys._getframe().f_lineno + 1)
        time.sleep(1000)
        """
    }

    /// A stack that is deeper than is read.
    static let deep = """
        def deep(left):
            if left:
                return deep(left - 1)
            truth(sys._getframe().f_lineno + 1)
            time.sleep(1000)
        deep(400)
        """

    /// A program and its child by fork(2), both waiting.
    static let fork = """
        def child():
            truth(sys._getframe().f_lineno + 1)
            time.sleep(1000)
        def parent():
            truth(sys._getframe().f_lineno + 1)
            time.sleep(1000)
        if os.fork() == 0:
            child()
        parent()
        """

    /// Threads that wait where sockets are made, and where not.
    static let sockets = """
        import socket, _socket
        def listening(full=False):
            server = socket.socket()
            server.bind(('127.0.0.1', 0))
            server.listen(0)
            if full:
                KEPT.append(server)
                for _ in range(4):
                    one = socket.socket()
                    one.setblocking(False)
                    one.connect_ex(server.getsockname())
                    KEPT.append(one)
            return server
        KEPT = []
        def accepts():
            listening().accept()
        def accepts_itself():
            listening()._accept()
        def connects():
            socket.create_connection(listening(full=True).getsockname())
        def connects_itself():
            server = listening(full=True)
            socket.socket().connect(server.getsockname())
        def waits():
            one, other = socket.socketpair()
            one.recv(1)
        for one in [accepts, accepts_itself, connects, connects_itself, waits]:
            threading.Thread(target=one, name=one.__name__, daemon=True).start()
        time.sleep(0.5)
        truth(sys._getframe().f_lineno + 1)
        time.sleep(1000)
        """

    /// A thread that goes through two stacks of the same height without a pause.
    static let running = """
        import socket
        def a_inner():
            socket.socket().close()
        def a_middle():
            a_inner()
        def a_outer():
            a_middle()
        def b_inner():
            socket.socket().close()
        def b_middle():
            b_inner()
        def b_outer():
            b_middle()
        def runs():
            while True:
                a_outer()
                b_outer()
        threading.Thread(target=runs, name='runs', daemon=True).start()
        truth()
        time.sleep(1000)
        """
}
