/// What to change in a Go program.
enum GoAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .closeWait, .ghostReset:
            "after each http.Client.Do: defer resp.Body.Close(), also when only the status matters; "
                + "set http.Client.Timeout, which also ends forgotten bodies"
        case .unreadBody:
            "io.Copy(io.Discard, resp.Body) and resp.Body.Close() after each response"
        case .abandonedConnections:
            "make one http.Client with one http.Transport for the whole program; a Transport made "
                + "for each request keeps its connections: share it, or call CloseIdleConnections, "
                + "and set IdleConnTimeout"
        case .keepaliveDisabled:
            "remove DisableKeepAlives and req.Close, and read each body to its end before Close"
        case .poolTooSmall:
            "set Transport.MaxIdleConnsPerHost (2 by default) to the number of requests that run "
                + "at once"
        case .noResponseTimeout:
            "set http.Client.Timeout, or a context with a deadline; for servers that are slow to "
                + "begin, Transport.ResponseHeaderTimeout"
        case .unreachablePeer: "set net.Dialer.Timeout in Transport.DialContext"
        case .unusedDial, .shutdownWithoutClose, .ghostClosed:
            "defer conn.Close() right after net.Dial; CloseWrite does not free the descriptor"
        case .inboundUnclosed:
            "defer conn.Close() at the top of each handler; set http.Server.IdleTimeout and ReadTimeout"
        case .descriptorLeak:
            "defer f.Close() right after os.Open, and not in a loop without a function"
        default: nil
        }
    }
}

/// What to change in a Python program.
enum PythonAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .closeWait, .abandonedConnections:
            "keep one requests.Session (httpx.Client, aiohttp.ClientSession) for the program, and "
                + "use it, and each response, in a `with` block"
        case .unreadBody: "with stream=True, use the response in a `with` block, or read .content"
        case .keepaliveDisabled:
            "requests.get() makes a session for each call: call get() on one shared Session"
        case .poolTooSmall:
            "mount HTTPAdapter(pool_maxsize=N) with N as large as the number of threads"
        case .noResponseTimeout:
            "pass timeout=(connect, read) with every call: requests has no default"
        case .unreachablePeer: "pass timeout=, and back off with urllib3.Retry"
        case .ghostNeverConnected, .ghostConnectFailed, .ghostReset, .ghostClosed,
            .shutdownWithoutClose, .unusedDial:
            "use sockets in a `with` block, or contextlib.closing; shutdown() does not close"
        case .inboundUnclosed:
            "with asyncio: writer.close() and await writer.wait_closed() in a finally block"
        case .descriptorLeak: "use open() in a `with` block; close both ends of os.pipe()"
        default: nil
        }
    }
}

/// What to change in a Node.js program.
enum NodeAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .closeWait, .unreadBody:
            "consume or destroy each response: response.resume(), or with fetch await "
                + "response.body.cancel()"
        case .abandonedConnections:
            "share one http.Agent({keepAlive: true, maxSockets: N}), or one undici Pool, and not "
                + "one for each request"
        case .keepaliveDisabled:
            "pass an agent with keepAlive: true; agent: false makes a connection for each request"
        case .poolTooSmall:
            "raise maxFreeSockets of the http.Agent to the requests that run at once"
        case .noResponseTimeout:
            "set timeout and destroy the request in its handler, or pass AbortSignal.timeout(ms)"
        case .unreachablePeer:
            "pass timeout to net.connect, and destroy() the socket in its handler"
        case .ghostReset, .ghostClosed, .shutdownWithoutClose, .unusedDial:
            "call socket.destroy() in 'error', 'end' and 'timeout'; end() alone may leave it half open"
        case .inboundUnclosed: "leave allowHalfOpen off, and set server.keepAliveTimeout"
        default: nil
        }
    }
}

/// What to change in a Java program.
enum JavaAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .selectorLeak, .abandonedConnections:
            "keep one java.net.http.HttpClient for the program (each has a selector and a thread); "
                + "close() those that end, from Java 21 on"
        case .closeWait, .unreadBody:
            "use the response, or its InputStream, in try-with-resources; with Apache HttpClient "
                + "also evictIdleConnections"
        case .keepaliveDisabled:
            "read the stream to its end before closing it: HttpURLConnection reuses only then"
        case .poolTooSmall: "raise setMaxConnPerRoute (Apache), or the ConnectionPool of OkHttp"
        case .noResponseTimeout: "set HttpRequest.timeout, or setConnectTimeout and setReadTimeout"
        case .unreachablePeer: "set connectTimeout on the client's builder"
        case .ghostNeverConnected, .ghostConnectFailed, .ghostReset, .ghostClosed,
            .shutdownWithoutClose, .unusedDial, .inboundUnclosed, .descriptorLeak:
            "open it in try-with-resources; shutdownOutput() does not close"
        default: nil
        }
    }
}

/// What to change in a .NET program.
enum DotNetAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .closeWait, .abandonedConnections, .keepaliveDisabled:
            "share one HttpClient, or use IHttpClientFactory; set SocketsHttpHandler."
                + "PooledConnectionLifetime"
        case .unreadBody: "dispose each HttpResponseMessage, also with ResponseHeadersRead"
        case .poolTooSmall: "raise SocketsHttpHandler.MaxConnectionsPerServer"
        case .noResponseTimeout: "set HttpClient.Timeout, or pass a CancellationToken"
        case .descriptorLeak, .ghostReset, .ghostClosed, .shutdownWithoutClose, .unusedDial,
            .ghostNeverConnected, .ghostConnectFailed, .inboundUnclosed:
            "hold it in `using`; Shutdown does not close"
        default: nil
        }
    }
}

/// What to change in a Swift program.
enum SwiftAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .closeWait, .abandonedConnections, .keepaliveDisabled:
            "keep one URLSession or HTTPClient for the program; call finishTasksAndInvalidate() on "
                + "a URLSession that ends, and shutdown() on an HTTPClient"
        case .unreadBody: "read the body's sequence to its end, or cancel the task"
        case .poolTooSmall: "raise httpMaximumConnectionsPerHost, or the client's pool limit"
        case .noResponseTimeout:
            "set timeoutIntervalForRequest, or pass a deadline with each request"
        case .ghostReset, .ghostClosed, .shutdownWithoutClose, .unusedDial, .inboundUnclosed:
            "close the Channel when it becomes inactive or fails; half closure needs a close of its own"
        default: nil
        }
    }
}

/// What to change in a Rust program.
enum RustAdvice {
    static func sentence(_ rule: Rule) -> String? {
        switch rule {
        case .abandonedConnections, .keepaliveDisabled:
            "build one reqwest::Client and clone it: clones share the pool"
        case .closeWait, .unreadBody:
            "read each body to its end, or drop the Response; look for mem::forget and leaked tasks"
        case .poolTooSmall: "raise pool_max_idle_per_host"
        case .noResponseTimeout:
            "set timeout on the ClientBuilder, or wrap the call in tokio::time::timeout"
        case .ghostReset, .ghostClosed, .shutdownWithoutClose, .unusedDial, .inboundUnclosed:
            "drop the stream when its task ends; an Arc held elsewhere keeps it open"
        default: nil
        }
    }
}
