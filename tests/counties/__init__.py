"""Three counties that no catalogue knows: their forms, last year's reports and lists of people, as they keep them."""
