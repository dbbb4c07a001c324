"""What every provider of a Protocol must do: one suite each, inherited by the providers' tests."""
