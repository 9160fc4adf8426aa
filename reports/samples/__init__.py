"""Sample data that a first start loads, each set through the same services as people use."""
