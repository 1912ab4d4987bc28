"""What is measured, against what, and the last figures. Each module runs by itself: ``python -m benchmarks.NAME``."""
