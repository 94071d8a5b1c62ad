// Package prices asks the price API what products cost.
package prices

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Price is what one product costs.
type Price struct {
	Product  string `json:"product"`
	Cents    int    `json:"cents"`
	Currency string `json:"currency"`
}

// StatusError is an answer of the price API that is no price.
type StatusError struct {
	Code int
	Path string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("price API: %d for %s", e.Code, e.Path)
}

// IsNotFound tells whether err says that there is no such product.
func IsNotFound(err error) bool {
	var status *StatusError
	return errors.As(err, &status) && status.Code == http.StatusNotFound
}

// Client asks one price API. Make one for the program and use it everywhere.
type Client struct {
	base string
	http *http.Client
}

// New makes a client of the price API at base.
func New(base string) *Client {
	return &Client{base: base, http: &http.Client{Transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		ResponseHeaderTimeout: 2 * time.Second,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
	}}}
}

// Of asks what a product costs.
func (c *Client) Of(product string) (Price, error) {
	var price Price
	err := c.getJSON("/prices/"+url.PathEscape(product), &price)
	return price, err
}

func (c *Client) getJSON(path string, into any) error {
	response, err := c.get(path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(into)
}

func (c *Client) get(path string) (*http.Response, error) {
	response, err := c.http.Get(c.base + path)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, &StatusError{Code: response.StatusCode, Path: path}
	}
	return response, nil
}
