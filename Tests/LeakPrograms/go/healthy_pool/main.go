// Healthy: 64 workers on a client that may keep 64 connections.
package main

import (
	"io"
	"math/rand"
	"net/http"
	"os"
	"time"

	"leakprograms/truth"
)

func main() {
	truth.New("", "socket")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for range 64 {
		go func() {
			for {
				if response, err := client.Get("http://" + os.Args[1] + "/"); err == nil {
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
				}
				time.Sleep(time.Duration(50+rand.Intn(300)) * time.Millisecond)
			}
		}()
	}
	select {}
}
