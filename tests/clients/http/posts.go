// Registers links one after the other, by Go's client with its defaults.
// Arguments: the URL, the header Authorization, the body, the count.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

func post() error {
	request, err := http.NewRequest("POST", os.Args[1], strings.NewReader(os.Args[3]))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", os.Args[2])
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != 201 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

func main() {
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		panic(err)
	}
	failures := 0
	for number := 0; number < count; number++ {
		if err := post(); err != nil {
			failures++
			fmt.Fprintf(os.Stderr, "request %d: %v\n", number, err)
		}
	}
	fmt.Printf("Go: %d of %d failed\n", failures, count)
	if failures > 0 {
		os.Exit(1)
	}
}
