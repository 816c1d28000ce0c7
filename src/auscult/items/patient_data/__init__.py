"""Patient data in what comes in: names, dates, numbers and addresses, in texts, names of files, headers and pixels."""
