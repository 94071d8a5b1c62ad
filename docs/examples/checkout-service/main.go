// Checkout tells shoppers what a product costs. It asks the price API for that.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"shop.test/checkout/prices"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "where to serve")
	api := flag.String("prices", "http://127.0.0.1:9090", "where the price API is")
	flag.Parse()

	shop := &shop{prices: prices.New(*api)}
	mux := http.NewServeMux()
	mux.HandleFunc("/checkout", shop.checkout)
	server := &http.Server{
		Addr:              *listen,
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       30 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}

type shop struct {
	prices *prices.Client
}

func (s *shop) checkout(w http.ResponseWriter, r *http.Request) {
	price, err := s.prices.Of(r.URL.Query().Get("product"))
	switch {
	case prices.IsNotFound(err):
		http.Error(w, "no such product", http.StatusNotFound)
	case err != nil:
		log.Print(err)
		http.Error(w, "no price just now", http.StatusBadGateway)
	default:
		fmt.Fprintf(w, "%s: %d.%02d %s\n", price.Product, price.Cents/100, price.Cents%100, price.Currency)
	}
}
