package main

func (d *diff) random(c config) error { return nil }
