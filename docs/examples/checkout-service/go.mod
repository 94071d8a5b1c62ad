module shop.test/checkout

go 1.21
