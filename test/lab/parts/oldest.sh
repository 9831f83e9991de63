# The oldest buildkitd that Quatrain builds on, as buildkitd-oldest: tests start it themselves.

oldest_up() { tool oldest; }
