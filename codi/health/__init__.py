"""Whether this process lives, whether the product can serve, and how it fares in numbers.

``/health/live`` asks nothing; ``/health/ready`` asks every part; ``/metrics`` is for Prometheus.
Strangers learn one word; details are for the own machine and for who brings ``METRICS_TOKEN``.
"""
