package prices

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// One product in four is none. Twelve seconds are long enough to see whether connections pile up.
func TestUnderLoad(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/prices/old-") {
			http.Error(w, `{"error":"no such product"}`, http.StatusNotFound)
			return
		}
		fmt.Fprint(w, `{"product":"socks","cents":499,"currency":"EUR"}`)
	}))
	client := New(api.URL)
	for i := 0; i < 240; i++ {
		if i%4 == 0 {
			if _, err := client.Of(fmt.Sprint("old-", i)); !IsNotFound(err) {
				t.Fatalf("an unknown product: got %v, want not found", err)
			}
		} else if price, err := client.Of("socks"); err != nil || price.Cents != 499 {
			t.Fatalf("a known product: got %v and %v, want 499 cents", price, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
