"""A plan's places → an API made, called, throttled and removed, by the product's REST services."""
