"""From a reading to a charge: dated prices and what may overlay them."""
