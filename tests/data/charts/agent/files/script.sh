#!/bin/sh
echo "hello"
