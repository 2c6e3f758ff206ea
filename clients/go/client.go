// Package gatehouse is a client for Gatehouse. clients/README.md says how it behaves, README.md beside this file how to use
// it.
package gatehouse

// Client is a client of a Gatehouse server, for any number of goroutines. It connects with the first call. The services are
// its fields: client.Customer.GetCustomer(ctx, &gatehousev1.GetCustomerRequest{CustomerId: id}).
type Client struct {
	Services
	caller *caller
}

// New makes a client. The addresses are "host:port", tried in turn; without one every call fails.
func New(settings Settings, addresses ...string) *Client {
	c := newCaller(addresses, settings)
	return &Client{Services: servicesOf(c), caller: c}
}

// Close ends the connection; calls that are open end with Cancelled.
func (c *Client) Close() { c.caller.close() }
