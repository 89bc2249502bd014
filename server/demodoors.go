package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"kaikukortti/server/demo"
)

// demoDoors are the addresses on which a demo listens: the server's, the stage's page, and one for each of the three phones on it.
type demoDoors struct {
	main   net.Listener
	page   net.Listener
	phones map[demo.Part]net.Listener
}

// openDoors listens on all of them. The phones get the ports next to the page's, or other free ones.
func openDoors(ctx context.Context, at demoPlaces) (*demoDoors, error) {
	d := &demoDoors{phones: map[demo.Part]net.Listener{}}
	var err error
	if d.main, err = listenAs(ctx, at.address, "address"); err != nil {
		return nil, err
	}
	if d.page, err = listenAs(ctx, at.page, "page"); err != nil {
		return nil, errors.Join(err, d.close())
	}
	host, port := d.host(d.page)
	next, err := strconv.Atoi(port)
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	for _, part := range demo.PartsOfTheStage() {
		next++
		on, err := listen(ctx, net.JoinHostPort(host, strconv.Itoa(next)))
		if err != nil {
			on, err = listen(ctx, net.JoinHostPort(host, "0"))
		}
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		d.phones[part] = on
	}
	return d, nil
}

// listenAs says of an address that is taken which flag names another.
func listenAs(ctx context.Context, address, flag string) (net.Listener, error) {
	on, err := listen(ctx, address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken, perhaps by another demo: stop that, or name another address with --%s (127.0.0.1:0 takes any that is free)", address, flag)
	}
	return on, err
}

// close closes what is still open; a server that has stopped has closed its own.
func (d *demoDoors) close() error {
	var all error
	for _, on := range d.all() {
		if err := on.Close(); !errors.Is(err, net.ErrClosed) {
			all = errors.Join(all, err)
		}
	}
	return all
}

func (d *demoDoors) all() []net.Listener {
	var all []net.Listener
	for _, on := range []net.Listener{d.main, d.page} {
		if on != nil {
			all = append(all, on)
		}
	}
	for _, on := range d.phones {
		all = append(all, on)
	}
	return all
}

// host is the address and the port of a listener.
func (*demoDoors) host(on net.Listener) (host, port string) {
	host, port, _ = net.SplitHostPort(on.Addr().String()) // a listener's own address is one
	return host, port
}

// inside is where the server is reached from this program.
func (d *demoDoors) inside() string {
	host, port := d.host(d.main)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// raise serves the stage on its doors until stop is called.
func (d *demoDoors) raise(stage *demo.Stage) (stop func() error, err error) {
	served := map[net.Listener]http.Handler{d.page: stage.Page()}
	for part, on := range d.phones {
		if served[on], err = stage.Phone(part); err != nil {
			return nil, err
		}
	}
	var servers []*http.Server
	for on, handler := range served {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		servers = append(servers, server)
		go func() { _ = server.Serve(on) }() // it ends when it is closed
	}
	return func() error {
		var all error
		for _, server := range servers {
			all = errors.Join(all, server.Close())
		}
		return all
	}, nil
}
