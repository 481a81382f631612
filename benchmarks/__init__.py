"""The benchmark harness: ``python -m benchmarks`` measures peers side by side."""
