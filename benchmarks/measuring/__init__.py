"""What the benchmarks share: fabrics of any size, how a peer is run, how figures are summed up and printed."""
