// Opens sockets in several ways, and says which function asked for which.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

var mutex sync.Mutex
var truth []string
var held []any

func note(site string, address net.Addr) {
	mutex.Lock()
	defer mutex.Unlock()
	truth = append(truth, fmt.Sprintf("%s %d", site, address.(*net.TCPAddr).Port))
}

func hold(thing any) {
	mutex.Lock()
	defer mutex.Unlock()
	held = append(held, thing)
}

func traced(site, url string) *http.Request {
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			note(site, info.Conn.LocalAddr())
		}
	}}
	request, _ := http.NewRequestWithContext(
		httptrace.WithClientTrace(context.Background(), trace), "GET", url, nil)
	return request
}

var shared = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
var single = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: -1}}

//go:noinline
func leakBody(address string) {
	response, err := single.Do(traced("main.leakBody", "http://"+address+"/endless"))
	if err == nil {
		hold(response)
	}
}

//go:noinline
func leakTransport(address string) {
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Do(traced("main.leakTransport", "http://"+address+"/"))
	if err == nil {
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		hold(client)
	}
}

//go:noinline
func leakDial(address string) {
	connection, err := net.Dial("tcp", address)
	if err == nil {
		note("main.leakDial", connection.LocalAddr())
		hold(connection)
	}
}

//go:noinline
func healthy(address string) {
	response, err := shared.Do(traced("main.healthy", "http://"+address+"/"))
	if err == nil {
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
}

//go:noinline
func churn(address string) {
	connection, err := net.Dial("tcp", address)
	if err == nil {
		connection.Close()
	}
}

// Three layers between who starts it and who asks.
func layer1(ask func(string), address string) { layer2(ask, address) }
func layer2(ask func(string), address string) { layer3(ask, address) }
func layer3(ask func(string), address string) { ask(address) }

func main() {
	address := os.Args[1]
	begin := make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	fmt.Println("ready")
	<-begin
	var group sync.WaitGroup
	loop := func(times int, pause time.Duration, ask func(string)) {
		group.Add(1)
		go func() {
			defer group.Done()
			for range make([]struct{}, times) {
				layer1(ask, address)
				time.Sleep(pause)
			}
		}()
	}
	loop(60, 20*time.Millisecond, leakBody)
	loop(60, 20*time.Millisecond, leakTransport)
	loop(60, 20*time.Millisecond, leakDial)
	loop(200, 5*time.Millisecond, churn)
	for range make([]struct{}, 4) {
		loop(500, time.Millisecond, healthy)
	}
	group.Wait()
	for _, line := range truth {
		fmt.Println(line)
	}
	fmt.Println("done")
	<-begin
}
