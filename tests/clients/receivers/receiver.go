// A receiver with the net/http of Go.
package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	record, err := os.OpenFile(os.Getenv("RECORD"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/webhooks", func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err == nil {
			_, err = record.Write(append(body, '\n'))
		}
		if err != nil {
			panic(err)
		}
	})
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
