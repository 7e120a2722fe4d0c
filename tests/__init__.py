"""The portal's tests: they mirror portal/, beside conventions, journeys, faults and benchmarks."""
