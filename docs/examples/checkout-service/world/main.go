// World is the rest of the world, to try checkout with: a price API, and shoppers who ask checkout.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9090", "where to serve prices")
	checkout := flag.String("checkout", "http://127.0.0.1:8080", "where checkout is")
	rate := flag.Int("rate", 20, "shoppers a second; one in four asks for an old product")
	lasts := flag.Duration("for", 10*time.Minute, "when to end")
	flag.Parse()

	api := &http.Server{
		Addr:        *listen,
		Handler:     http.HandlerFunc(price),
		IdleTimeout: 5 * time.Second, // what a server in Node has unless told otherwise
	}
	go func() { log.Fatal(api.ListenAndServe()) }()

	// Each shopper has a connection of their own.
	browser := &http.Client{
		Timeout:   2 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	tick := time.NewTicker(time.Second / time.Duration(*rate))
	end := time.After(*lasts)
	for n := 0; ; n++ {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		product := "socks"
		if n%4 == 0 {
			product = fmt.Sprint("old-", n)
		}
		go shop(browser, *checkout+"/checkout?product="+product)
	}
}

func price(w http.ResponseWriter, r *http.Request) {
	product := strings.TrimPrefix(r.URL.Path, "/prices/")
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(product, "old-") {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, `{"error":"no such product"}`)
		return
	}
	fmt.Fprintf(w, `{"product":%q,"cents":499,"currency":"EUR"}`, product)
}

func shop(browser *http.Client, url string) {
	response, err := browser.Get(url)
	if err != nil {
		return // a shopper whom nobody answers goes away
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
}
