// Starts threads and connections all the time, and counts what goes wrong.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

var requests, failures atomic.Int64

func ask(url string) {
	client := &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	response, err := client.Get(url)
	requests.Add(1)
	if err != nil {
		fmt.Println("failed:", err)
		failures.Add(1)
		return
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "ok")
	}))
	url := "http://" + listener.Addr().String() + "/"
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGUSR1)
	for i := 0; i < 4; i++ {
		go func() {
			for {
				done := make(chan struct{})
				go func() {
					// A thread that is never unlocked ends with its goroutine: a new one each time.
					runtime.LockOSThread()
					ask(url)
					close(done)
				}()
				<-done
				time.Sleep(2 * time.Millisecond)
			}
		}()
	}
	fmt.Println("ready")
	<-end
	fmt.Println("requests", requests.Load(), "failures", failures.Load())
}
