//! Outside systems that cannot be had on a test machine, written from their contracts, never from our client.
