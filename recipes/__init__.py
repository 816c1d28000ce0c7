"""How the files that the package ships were made: recipes that are run by hand and never imported by the package."""
